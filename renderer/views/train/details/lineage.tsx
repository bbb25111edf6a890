import { Box, Database, FileText, ListChecks, TrendingUp, type LucideIcon } from 'lucide-react';
import { Button } from 'react-aria-components';
import type { Lineage as LineageData, RunSummary } from '../../../../core/contract/calls.ts';
import { ErrorMessage } from '../../../components/text.tsx';
import { useCall } from '../../../stores/use-call.ts';
import { showRun } from '../train-store.ts';
import styles from './details.module.css';
import { lineageTree, type Descent } from './lineage-tree.ts';

const ICONS: Readonly<Record<LineageData['nodes'][number]['kind'], LucideIcon>> = {
  run: TrendingUp,
  model: Box,
  snapshot: Database,
  labels: ListChecks,
  file: FileText,
};

/** What the run came from: models, snapshots, and the labels in them. */
export function Lineage({ run }: { readonly run: RunSummary }) {
  const { data, error } = useCall('runs.lineage', { path: run.path });
  if (error !== undefined) return <ErrorMessage>{error}</ErrorMessage>;
  const tree = data && lineageTree(data, run.path);
  if (!tree) return null;
  return (
    <ul className={styles.tree}>
      <Branch descent={tree} shown={run.path} />
    </ul>
  );
}

interface BranchProps {
  readonly descent: Descent;
  /** The run that is shown already. */
  readonly shown: string;
}

function Branch({ descent, shown }: BranchProps) {
  const { node, role, isRepeated, from } = descent;
  const Icon = ICONS[node.kind];
  const { path } = node;
  const isLink = node.kind === 'run' && path !== null && path !== shown;
  return (
    <li>
      <span className={styles.node}>
        <Icon size={14} aria-hidden />
        <span>
          {role && <span className={styles.role}>{role} </span>}
          {isLink ? (
            <Button className={styles.link!} onPress={() => showRun(path)}>
              {node.title}
            </Button>
          ) : (
            <b>{node.title}</b>
          )}{' '}
          <span className={styles.muted}>{isRepeated ? 'as above' : node.detail}</span>
        </span>
      </span>
      {from.length > 0 && (
        <ul>
          {from.map((below, i) => (
            <Branch key={i} descent={below} shown={shown} />
          ))}
        </ul>
      )}
    </li>
  );
}
