import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import {
  Button as AriaButton,
  Tooltip as AriaTooltip,
  TooltipTrigger,
  type ButtonProps as AriaButtonProps,
} from 'react-aria-components';
import styles from './button.module.css';
import { classes } from './classes.ts';
import { Kbd } from './text.tsx';

interface ButtonProps extends Omit<AriaButtonProps, 'className' | 'style' | 'children'> {
  readonly variant?: 'primary' | 'secondary' | 'quiet' | 'danger';
  readonly size?: 'md' | 'sm';
  readonly icon?: LucideIcon;
  /** The key that does the same, printed on it. */
  readonly combo?: string | null;
  readonly children?: ReactNode;
}

export function Button({
  variant = 'secondary',
  size = 'md',
  icon: Icon,
  combo,
  children,
  ...props
}: ButtonProps) {
  return (
    <AriaButton {...props} className={classes(styles.button, styles[variant], styles[size])}>
      {Icon && <Icon size={15} aria-hidden />}
      {children}
      {combo && <Kbd combo={combo} />}
    </AriaButton>
  );
}

interface IconButtonProps extends Omit<ButtonProps, 'children' | 'icon'> {
  /** What it does: its name, and its tooltip. */
  readonly label: string;
  readonly icon: LucideIcon;
  readonly isActive?: boolean;
}

export function IconButton({
  label,
  icon: Icon,
  variant = 'quiet',
  size = 'md',
  combo,
  isActive = false,
  ...props
}: IconButtonProps) {
  return (
    <Tooltip text={label} combo={combo ?? null}>
      <AriaButton
        {...props}
        aria-label={label}
        className={classes(
          styles.button,
          styles.square,
          styles[variant],
          styles[size],
          isActive && styles.active,
        )}
      >
        <Icon size={size === 'sm' ? 14 : 16} aria-hidden />
      </AriaButton>
    </Tooltip>
  );
}

interface TooltipProps {
  readonly text: string;
  readonly combo?: string | null;
  readonly placement?: 'top' | 'right';
  /** The button it explains. */
  readonly children: ReactNode;
}

export function Tooltip({ text, combo = null, placement = 'top', children }: TooltipProps) {
  return (
    <TooltipTrigger delay={500} closeDelay={0}>
      {children}
      <AriaTooltip className={styles.tooltip!} offset={6} placement={placement}>
        {text}
        {combo && <Kbd combo={combo} />}
      </AriaTooltip>
    </TooltipTrigger>
  );
}
