/** What a check of a form says, in a line. */
import type { Checked } from './use-checked.ts';

/** A role of data, as the form names it: one, and several. */
const ROLES: Readonly<Record<string, readonly [one: string, several: string]>> = {
  demonstrations: ['demonstration', 'demonstrations'],
  rankings: ['ranking', 'rankings'],
  prompts: ['prompt', 'prompts'],
  validation: ['held-out example', 'held-out examples'],
  watched: ['watched prompt', 'watched prompts'],
  texts: ['text', 'texts'],
  pretraining: ['pretraining text', 'pretraining texts'],
  pretrainingValidation: ['held-out text', 'held-out texts'],
};

const counted = (count: number, [one, several]: readonly [string, string]): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : several}`;

/** `480 steps, 540 demonstrations`, or why it cannot start yet. */
export function checkWords({ problems, plan, isChecking, error }: Omit<Checked, 'form'>): string {
  const wrong = Object.keys(problems).length;
  if (wrong > 0)
    return wrong === 1
      ? '1 thing to change before it can start'
      : `${wrong} things to change before it can start`;
  if (isChecking) return 'Checking…';
  if (error !== undefined) return error;
  if (plan === null) return '';
  const examples = Object.entries(plan.examples)
    .filter(([, count]) => count > 0)
    .map(([role, count]) => counted(count, ROLES[role] ?? [role, role]));
  return [...(plan.steps === null ? [] : [counted(plan.steps, ['step', 'steps'])]), ...examples].join(', ');
}
