import type { LucideIcon } from 'lucide-react';
import type { ReactElement } from 'react';
import { Menu as AriaMenu, MenuItem as AriaMenuItem, MenuTrigger, Popover } from 'react-aria-components';
import { classes } from './classes.ts';
import styles from './popover.module.css';
import { Kbd } from './text.tsx';

export interface MenuItem {
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  readonly icon?: LucideIcon;
  readonly combo?: string | null;
  readonly danger?: boolean;
  readonly isDisabled?: boolean;
  readonly onAction: () => void;
}

interface MenuProps {
  readonly label: string;
  /** The button that opens it. */
  readonly trigger: ReactElement;
  readonly items: readonly MenuItem[];
}

export function Menu({ label, trigger, items }: MenuProps) {
  return (
    <MenuTrigger>
      {trigger}
      <Popover className={styles.popover!} offset={4}>
        <AriaMenu className={styles.list!} aria-label={label} items={items}>
          {(item) => <Row {...item} />}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}

function Row({ id, label, description, icon: Icon, combo, danger, isDisabled = false, onAction }: MenuItem) {
  return (
    <AriaMenuItem
      id={id}
      className={classes(styles.item, danger && styles.dangerous)}
      textValue={label}
      isDisabled={isDisabled}
      onAction={onAction}
    >
      {Icon && <Icon size={15} aria-hidden />}
      <span className={styles.words}>
        {label}
        {description && <small>{description}</small>}
      </span>
      {combo && <Kbd combo={combo} />}
    </AriaMenuItem>
  );
}
