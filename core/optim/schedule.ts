/** Learning-rate schedules: the factor on the peak rate at a step (counted from 0) of a run. */
export type Schedule = (step: number, total: number) => number;

/** Half a cosine from 1 to 0.1 (InstructGPT, App. C.1). */
export const cosineToTenth: Schedule = (step, total) =>
  0.1 + 0.45 * (1 + Math.cos((Math.PI * step) / Math.max(1, total)));

/** Linear from 1 to 0. */
export const linearToZero: Schedule = (step, total) => 1 - step / total;

export const constant: Schedule = () => 1;

export const schedules = { cosineToTenth, linearToZero, constant } as const;
export type ScheduleName = keyof typeof schedules;

/** Starts a schedule with a linear climb from `from` over the first `steps` (InstructGPT, App. C.4: 0.1 over 10). */
export function withWarmUp(schedule: Schedule, steps: number, from: number): Schedule {
  return (step, total) =>
    step < steps ? (from + ((1 - from) * step) / steps) * schedule(step, total) : schedule(step, total);
}
