import { useId, type ReactNode } from 'react';
import styles from './settings.module.css';

export function Section(props: {
  readonly title: string;
  readonly description?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  const heading = useId();
  return (
    <section className={styles.section} aria-labelledby={heading}>
      <header className={styles.head}>
        <div>
          <h2 id={heading}>{props.title}</h2>
          {props.description && <p>{props.description}</p>}
        </div>
        {props.actions}
      </header>
      <div className={styles.rows}>{props.children}</div>
    </section>
  );
}

/** One setting: what it is on the left, its control on the right. */
export function Row(props: {
  readonly title: string;
  readonly description?: ReactNode;
  readonly children?: ReactNode;
}) {
  return (
    <div className={styles.row}>
      <div className={styles.words}>
        <span>{props.title}</span>
        {props.description && <p>{props.description}</p>}
      </div>
      {props.children && <div className={styles.control}>{props.children}</div>}
    </div>
  );
}
