import type { ReactElement, ReactNode } from 'react';
import { Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { classes } from './classes.ts';
import styles from './popover.module.css';

interface PopoverButtonProps {
  readonly label: string;
  /** The button that opens it. */
  readonly trigger: ReactElement;
  readonly children: ReactNode;
}

/** A button and the small panel that it opens beside itself. */
export function PopoverButton({ label, trigger, children }: PopoverButtonProps) {
  return (
    <DialogTrigger>
      {trigger}
      {/* The dialog in it has the name; two would be one too many. */}
      <Popover className={styles.popover!} offset={4} aria-labelledby="">
        <Dialog className={classes(styles.list, styles.content)} aria-label={label}>
          {children}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
