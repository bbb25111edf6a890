import { Ellipsis } from 'lucide-react';
import type { ReactNode } from 'react';
import { IconButton } from '../components/button.tsx';
import { Menu, type MenuItem } from '../components/menu.tsx';
import styles from './chart.module.css';

interface HeaderProps {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly children: ReactNode;
}

export function Header({ id, title, unit, children }: HeaderProps) {
  return (
    <div className={styles.heading}>
      <div className={styles.header}>
        <h3 id={id} className={styles.title}>
          {title}
        </h3>
        {children}
      </div>
      <p className={styles.unit}>{unit}</p>
    </div>
  );
}

export function ChartMenu({ title, items }: { readonly title: string; readonly items: readonly MenuItem[] }) {
  const label = `More about ${title}`;
  return (
    <Menu label={label} trigger={<IconButton label={label} icon={Ellipsis} size="sm" />} items={items} />
  );
}
