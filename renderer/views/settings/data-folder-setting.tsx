import { useState } from 'react';
import { nativeDialogs } from '../../client/index.ts';
import { Button } from '../../components/button.tsx';
import { TextField } from '../../components/fields.tsx';
import { changeSettings } from '../../stores/session.ts';
import { Row } from './rows.tsx';
import styles from './settings.module.css';

export function DataFolderSetting({ folder }: { readonly folder: string }) {
  const [typed, setTyped] = useState(folder);
  const keep = (dataFolder: string | null) => {
    if (dataFolder && dataFolder !== folder) void changeSettings({ dataFolder });
  };
  return (
    <Row title="Data folder" description="Where new projects go, and the starter. Projects that exist stay.">
      <div className={styles.path}>
        <TextField
          label="Data folder"
          hideLabel
          value={typed}
          onChange={setTyped}
          onBlur={() => keep(typed.trim())}
        />
      </div>
      {nativeDialogs && (
        <Button onPress={() => void nativeDialogs?.chooseFolder().then(keep)}>Choose…</Button>
      )}
    </Row>
  );
}
