import { Badge } from '../../components/text.tsx';
import type { Origin } from '../../../core/contract/entities.ts';
import styles from './origin-line.module.css';

/** The end of a folder's path that tells models apart: `sft-second/000400` of a checkpoint. */
const shortName = (path: string): string =>
  path
    .split(/[\\/]/)
    .filter((part) => part !== '' && part !== 'checkpoints')
    .slice(-2)
    .join('/');

/** Where a completion came from, once its ranking is submitted. */
export function OriginLine({ origin }: { readonly origin: Origin }) {
  const name = shortName(origin.name);
  const settings = Object.entries(origin.settings).map(([setting, value]) => `${setting} ${value}`);
  return (
    <footer className={styles.origin}>
      <Badge tone="accent">{origin.kind}</Badge>
      <span title={origin.name}>{name}</span>
      {settings.length > 0 && <small>{settings.join(' · ')}</small>}
    </footer>
  );
}
