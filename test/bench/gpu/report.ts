/** The table, and the profile under it, from the lines of the stages. */
import { showTable } from '../../../core/host/table.ts';
import type { Case, Precision, Row } from './cases.ts';
import type { Kernel, Profile } from './profile.ts';
import { PROFILE, type Line } from './stages.ts';

/** One part of the table for every case, one line for everyone who ran it. */
export function report(all: readonly Case[], lines: readonly Line[]): string {
  const limits = limitsOf(all, lines);
  const rows = all.flatMap((each) => {
    const found = lines.filter((line) => line.case === each.name);
    const own = [...found.filter(isOurs), ...found.filter((line) => !isOurs(line))];
    return own.length === 0 ? [] : each.rows.flatMap((row, i) => rowsOf(each, row, i, own, limits));
  });
  const profiles = lines.filter((line) => line.case === PROFILE);
  return [
    aligned([['', 'value', 'unit', 'ours is', 'aim', 'of its limit'], ...rows]),
    'ours is: the fastest of our devices, as a multiple of this line.',
    "of its limit: operations of the products, as a share of what PyTorch's large product reaches at that precision; ours at float32.",
    ...profiles.map((line) => (line.profile ? showProfile(line, line.profile) : `profile: ${line.error}`)),
  ].join('\n\n');
}

/** GFLOP/s of the first product, by precision. */
type Limits = Readonly<Partial<Record<Precision, number>>>;

function limitsOf([first]: readonly Case[], lines: readonly Line[]): Limits {
  const found = first!.peers.map(({ name, precision }) => {
    const line = lines.find((each) => each.case === first!.name && each.who === name);
    return [precision, line?.values?.[0]] as const;
  });
  return Object.fromEntries(found.filter(([, limit]) => limit !== undefined));
}

/** Cells of a table, or a line between its rows. */
type Cells = readonly string[] | string;

function rowsOf(
  { peers }: Case,
  { name, unit, operations, aim }: Row,
  index: number,
  lines: readonly Line[],
  limits: Limits,
): Cells[] {
  const values = lines.map((line) => line.values?.[index]);
  const ours = Math.max(0, ...values.filter((_, i) => isOurs(lines[i]!)).map((value) => value ?? 0));
  const cells = lines.map((line, i): Cells => {
    const value = values[i];
    if (value === undefined) return `  ${line.who}: ${line.error}`;
    const precision = peers.find((peer) => peer.name === line.who)?.precision ?? 'float32';
    const limit = limits[precision];
    const ratio = isOurs(line) || ours === 0 ? '' : times(ours / value);
    const share = operations && limit ? percent((value * operations) / 1e9 / limit) : '';
    const aimed = aim !== undefined && ratio !== '' && precision === 'float32' ? times(aim) : '';
    return [`  ${line.who}`, number(value), unit, ratio, aimed, share];
  });
  return [name, ...cells];
}

const isOurs = ({ who }: Line): boolean => who.startsWith('ours');

function showProfile({ who }: Line, profile: Profile): string {
  const { parts, stepMilliseconds, kernels, longest, productRate } = profile;
  const inKernels = kernels.reduce((total, { milliseconds }) => total + milliseconds, 0);
  const share = (milliseconds: number, of: number) => [number(milliseconds), percent(milliseconds / of)];
  const listed = (some: readonly Kernel[]) =>
    some.map(({ name, calls, milliseconds }) => [name, `${calls}`, ...share(milliseconds, inKernels)]);
  return [
    `a step of SFT, GPT-2 124M, ${who}: ${number(stepMilliseconds)} ms`,
    aligned([
      ['part', 'ms', 'share'],
      ...Object.entries(parts).map(([part, milliseconds]) => [
        part,
        ...share(milliseconds, stepMilliseconds),
      ]),
    ]),
    `kernels: ${number(inKernels)} ms, ${percent(inKernels / stepMilliseconds)} of the step (measured apart: writing them down slows it); products at ${number(productRate)} GFLOP/s`,
    aligned([['kernels by op', 'calls', 'ms', 'share'], ...listed(kernels.slice(0, 15))]),
    aligned([['longest by shapes', 'calls', 'ms', 'share'], ...listed(longest)]),
  ].join('\n\n');
}

/** Lines between the rows make no column wider. */
function aligned(rows: readonly Cells[]): string {
  const lines = showTable(rows.filter((row) => typeof row !== 'string')).split('\n');
  return rows.map((row) => (typeof row === 'string' ? row : lines.shift()!)).join('\n');
}

const times = (ratio: number): string => `${ratio.toFixed(2)}×`;
const percent = (share: number): string => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;

function number(value: number): string {
  const digits = value >= 100 ? 0 : value >= 1 ? 2 : 4;
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
