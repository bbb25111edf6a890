/**
 * The graphics processors of this machine as the system lists them, with driver and memory. What the system does
 * not tell is left out: nothing is guessed.
 */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Memory in bytes; what is not known is absent. */
export interface DeviceMemory {
  readonly total?: number;
  readonly free?: number;
  /** Whether it is the memory that the processor uses too. */
  readonly shared: boolean;
}

export type Vendor = 'nvidia' | 'amd' | 'intel' | 'apple';

export interface GraphicsCard {
  readonly vendor?: Vendor;
  /** As its driver calls it. */
  readonly name?: string;
  readonly driver?: string;
  readonly memory?: DeviceMemory;
}

/** What the processor and a graphics processor that shares its memory have, limits of a container heeded. */
export const hostMemory = (shared: boolean): DeviceMemory => ({
  total: Math.min(totalmem(), process.constrainedMemory() || Infinity),
  free: process.availableMemory(),
  shared,
});

export async function graphicsCards(): Promise<readonly GraphicsCard[]> {
  if (process.platform === 'darwin') return [{ vendor: 'apple', memory: hostMemory(true) }];
  if (process.platform === 'win32') return [...(await nvidiaCards()), ...(await windowsCards())];
  return [...(await nvidiaCards()), ...sysfsCards()];
}

/** The card that a name stands for: by the name itself, else the only one of the vendor that the name tells. */
export function cardNamed(name: string, cards: readonly GraphicsCard[]): GraphicsCard | undefined {
  const same = cards.filter((card) => card.name !== undefined && sameName(card.name, name));
  if (same.length > 0) return same[0];
  const vendor = vendorNames.find(([pattern]) => pattern.test(name))?.[1];
  const possible = cards.filter((card) => card.vendor !== undefined && card.vendor === vendor);
  return possible.length === 1 ? possible[0] : undefined;
}

function sameName(one: string, other: string): boolean {
  const [a, b] = [one, other].map((name) => name.toLowerCase().replace(/^nvidia /, '')) as [string, string];
  return a === b || b.startsWith(`${a} (`);
}

const vendorNames: readonly (readonly [pattern: RegExp, vendor: Vendor])[] = [
  [/nvidia|geforce|quadro|tesla/i, 'nvidia'],
  [/amd|radeon/i, 'amd'],
  [/intel|iris|\barc\b/i, 'intel'],
  [/apple/i, 'apple'],
];

/** Runs a tool of the system; nothing where it is missing or fails. */
async function output(tool: string, ...flags: readonly string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(tool, flags, { timeout: 15_000, windowsHide: true });
    return stdout;
  } catch {
    return '';
  }
}

/** In the order of their PCI addresses. */
export async function nvidiaCards(): Promise<GraphicsCard[]> {
  const fields = 'name,driver_version,memory.total,memory.free';
  const listed = parseNvidiaSmi(await output('nvidia-smi', `--query-gpu=${fields}`, '--format=csv,noheader'));
  return listed.length > 0 ? listed : nvidiaCardsOfKernel('/proc/driver/nvidia');
}

/** Lines of `NVIDIA H200, 570.86.10, 143771 MiB, 143002 MiB`; what it cannot tell stands as `[N/A]`. */
export const parseNvidiaSmi = (text: string): GraphicsCard[] =>
  text
    .split('\n')
    .map((line) => line.split(',').map((cell) => cell.trim()))
    .filter((cells) => cells.length === 4)
    .map(([name, driver, total, free]) => ({
      vendor: 'nvidia',
      name: name!,
      driver: `NVIDIA ${driver!}`,
      memory: { ...mebibytes('total', total!), ...mebibytes('free', free!), shared: false },
    }));

function mebibytes<K extends string>(key: K, cell: string): Partial<Record<K, number>> {
  const value = /^(\d+) MiB$/.exec(cell)?.[1];
  return (value === undefined ? {} : { [key]: Number(value) * 2 ** 20 }) as Partial<Record<K, number>>;
}

/** What the kernel module tells where `nvidia-smi` is not installed: names and version, no memory. */
export function nvidiaCardsOfKernel(folder: string): GraphicsCard[] {
  const version = /\s(\d+\.\d+(?:\.\d+)?)\s/.exec(textOf(join(folder, 'version')))?.[1];
  return entries(join(folder, 'gpus')).map((address): GraphicsCard => {
    const model = /^Model:\s*(.+?)\s*$/m.exec(textOf(join(folder, 'gpus', address, 'information')))?.[1];
    return {
      vendor: 'nvidia',
      ...(model !== undefined && { name: model }),
      ...(version !== undefined && { driver: `NVIDIA ${version}` }),
    };
  });
}

/** PCI vendors; the memory of NVIDIA's cards is not in sysfs. */
const pciVendors: Readonly<Record<string, Vendor>> = { '0x1002': 'amd', '0x8086': 'intel' };

/** Intel's integrated graphics processor is always at this PCI address, and has no memory of its own. */
const INTEGRATED = '0000:00:02.0';

/** Cards of AMD and Intel as the kernel's display drivers list them. */
export function sysfsCards(folder = '/sys/class/drm'): GraphicsCard[] {
  const cards = entries(folder).filter((name) => /^card\d+$/.test(name));
  return cards.flatMap((card) => {
    const device = join(folder, card, 'device');
    const vendor = pciVendors[textOf(join(device, 'vendor')).trim()];
    if (vendor === undefined) return [];
    const memory = vendor === 'amd' ? amdMemory(device) : intelMemory(device);
    return [{ vendor, ...(memory && { memory }) }];
  });
}

function amdMemory(device: string): DeviceMemory | undefined {
  const [total, used] = ['total', 'used'].map((kind) => textOf(join(device, `mem_info_vram_${kind}`)).trim());
  if (!total) return undefined;
  return { total: Number(total), ...(used && { free: Number(total) - Number(used) }), shared: false };
}

const intelMemory = (device: string): DeviceMemory | undefined =>
  existsSync(device) && realpathSync(device).endsWith(INTEGRATED) ? hostMemory(true) : undefined;

const entries = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

async function windowsCards(): Promise<GraphicsCard[]> {
  const query = 'Get-CimInstance Win32_VideoController | Select-Object Name,DriverVersion,AdapterRAM';
  return parseVideoControllers(
    await output('powershell.exe', '-NoProfile', '-Command', `ConvertTo-Json @(${query})`),
  );
}

/** `AdapterRAM` is a 32-bit number: a card of 4 GiB and more says a little less than 4 GiB (Win32_VideoController). */
const mostAdapterRam = 4095 * 2 ** 20;

export function parseVideoControllers(json: string): GraphicsCard[] {
  if (json.trim() === '') return [];
  const controllers = JSON.parse(json) as {
    readonly Name: string;
    readonly DriverVersion: string | null;
    readonly AdapterRAM: number | null;
  }[];
  return controllers.map(({ Name: name, DriverVersion: driver, AdapterRAM: total }) => ({
    name,
    ...vendorOf(name),
    ...(driver !== null && { driver }),
    ...(total !== null && total > 0 && total < mostAdapterRam && { memory: { total, shared: false } }),
  }));
}

function vendorOf(name: string): { vendor?: Vendor } {
  const vendor = vendorNames.find(([pattern]) => pattern.test(name))?.[1];
  return vendor === undefined ? {} : { vendor };
}
