import { X } from 'lucide-react';
import { IconButton } from '../../components/button.tsx';
import { Select } from '../../components/select.tsx';
import { modelItems, modelName, type Model } from '../sampling/models.ts';
import type { Column } from './conversation.ts';
import { WhatItReads } from './what-it-reads.tsx';
import { removeColumn, setModel } from './play-store.ts';
import styles from './play.module.css';

interface ColumnHeadsProps {
  readonly columns: readonly Column[];
  readonly models: readonly Model[];
}

/** Which model each column asks. */
export function ColumnHeads({ columns, models }: ColumnHeadsProps) {
  return (
    <div className={styles.heads} role="group" aria-label="Models">
      {columns.map(({ id, model }, at) => (
        <div key={id} className={styles.head}>
          <div className={styles.model}>
            <Select
              label={`Model of column ${at + 1}`}
              hideLabel
              items={modelItems(models)}
              value={models.some(({ path }) => path === model) ? model : null}
              placeholder="This model is gone: choose another"
              onChange={(path) => setModel(id, path)}
            />
          </div>
          <WhatItReads column={{ id, model }} number={at + 1} />
          <IconButton
            label={`Remove column ${at + 1}, ${modelName(models, model)}`}
            icon={X}
            size="sm"
            isDisabled={columns.length === 1}
            onPress={() => removeColumn(id)}
          />
        </div>
      ))}
    </div>
  );
}
