import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cpuDevice, seenAdapters, usedAdapter } from '../../../core/engine/devices.ts';
import {
  cardNamed,
  nvidiaCardsOfKernel,
  parseNvidiaSmi,
  parseVideoControllers,
  sysfsCards,
} from '../../../core/engine/graphics.ts';
import { memoryOf } from '../../../core/engine/memory.ts';
import { visibleCard } from '../../../core/engine/onnx/cuda-device.ts';

const mebibyte = 2 ** 20;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'workbench-graphics-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function put(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

describe('the cards of a system', () => {
  test('are what nvidia-smi lists; what it cannot tell stays unknown', () => {
    const text = 'NVIDIA H200, 570.86.10, 143771 MiB, 143002 MiB\nNVIDIA GB10, 580.95.05, [N/A], [N/A]\n';
    expect(parseNvidiaSmi(text)).toEqual([
      {
        ...{ vendor: 'nvidia', name: 'NVIDIA H200', driver: 'NVIDIA 570.86.10' },
        memory: { total: 143771 * mebibyte, free: 143002 * mebibyte, shared: false },
      },
      {
        ...{ vendor: 'nvidia', name: 'NVIDIA GB10', driver: 'NVIDIA 580.95.05' },
        memory: { shared: false },
      },
    ]);
    expect(parseNvidiaSmi('')).toEqual([]);
  });

  test('come from the kernel module where nvidia-smi is missing', () => {
    put(
      'nvidia/version',
      'NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.14  Thu Feb 22 01:44:30 UTC 2024\n',
    );
    put('nvidia/gpus/0000:01:00.0/information', 'Model: \t\t NVIDIA GeForce RTX 3060\nIRQ:   	 154\n');
    expect(nvidiaCardsOfKernel(join(folder, 'nvidia'))).toEqual([
      { vendor: 'nvidia', name: 'NVIDIA GeForce RTX 3060', driver: 'NVIDIA 550.54.14' },
    ]);
    expect(nvidiaCardsOfKernel(join(folder, 'absent'))).toEqual([]);
  });

  test('of AMD tell their memory in sysfs; an integrated one of Intel shares the memory of the processor', () => {
    put('pci/0000:03:00.0/vendor', '0x1002\n');
    put('pci/0000:03:00.0/mem_info_vram_total', '17163091968\n');
    put('pci/0000:03:00.0/mem_info_vram_used', '163091968\n');
    put('pci/0000:00:02.0/vendor', '0x8086\n');
    put('pci/0000:04:00.0/vendor', '0x8086\n');
    ['0000:03:00.0', '0000:00:02.0', '0000:04:00.0'].forEach((address, i) => {
      mkdirSync(join(folder, `drm/card${i}`), { recursive: true });
      symlinkSync(join(folder, 'pci', address), join(folder, `drm/card${i}/device`));
    });
    mkdirSync(join(folder, 'drm/card0-DP-1'));
    const [amd, integrated, discrete, ...more] = sysfsCards(join(folder, 'drm'));
    expect(amd).toEqual({
      vendor: 'amd',
      memory: { total: 17163091968, free: 17_000_000_000, shared: false },
    });
    expect(integrated).toMatchObject({ vendor: 'intel', memory: { shared: true } });
    expect(discrete).toEqual({ vendor: 'intel' });
    expect(more).toEqual([]);
  });

  test('of Windows have no memory where the number of Windows is too small for it', () => {
    const controllers = [
      { Name: 'AMD Radeon RX 560', DriverVersion: '31.0.21921.1000', AdapterRAM: 2147483648 },
      { Name: 'NVIDIA GeForce RTX 4090', DriverVersion: '32.0.15.6094', AdapterRAM: 4293918720 },
      { Name: 'Parsec Virtual Display Adapter', DriverVersion: null, AdapterRAM: null },
    ];
    expect(parseVideoControllers(JSON.stringify(controllers))).toEqual([
      {
        ...{ name: 'AMD Radeon RX 560', vendor: 'amd', driver: '31.0.21921.1000' },
        memory: { total: 2147483648, shared: false },
      },
      { name: 'NVIDIA GeForce RTX 4090', vendor: 'nvidia', driver: '32.0.15.6094' },
      { name: 'Parsec Virtual Display Adapter' },
    ]);
    expect(parseVideoControllers('')).toEqual([]);
  });
});

describe('a name', () => {
  const h200 = { vendor: 'nvidia', name: 'NVIDIA H200' } as const;
  const t4 = { vendor: 'nvidia', name: 'Tesla T4' } as const;
  const radeon = { vendor: 'amd' } as const;

  test('stands for the card of that name, else for the only one of its vendor', () => {
    expect(cardNamed('NVIDIA H200', [t4, h200])).toBe(h200);
    expect(cardNamed('AMD Radeon RX 7900 XTX (RADV NAVI31)', [h200, radeon])).toBe(radeon);
    expect(cardNamed('Tesla T4', [h200, t4])).toBe(t4);
  });

  test('stands for none where several could be meant', () => {
    expect(cardNamed('AMD Radeon RX 7900 XTX (RADV NAVI31)', [radeon, { ...radeon }])).toBeUndefined();
    expect(cardNamed('SwiftShader Device (Subzero)', [h200])).toBeUndefined();
  });

  test('of what CUDA sees first is found by CUDA_VISIBLE_DEVICES', () => {
    expect(visibleCard([h200, t4], undefined)).toBe(h200);
    expect(visibleCard([h200, t4], '1,0')).toBe(t4);
    expect(visibleCard([h200, t4], 'GPU-8932f937')).toBeUndefined();
    expect(visibleCard([t4], 'GPU-8932f937')).toBe(t4);
    expect(visibleCard([t4], '-1')).toBeUndefined();
  });
});

/** As the loader 1.3 writes it. */
const loaderLog = `
[Vulkan Loader] INFO | DRIVER:  linux_read_sorted_physical_devices:
[Vulkan Loader] INFO | DRIVER:       Original order:
[Vulkan Loader] INFO | DRIVER:             [0] llvmpipe (LLVM 15.0.7, 256 bits)
[Vulkan Loader] INFO | DRIVER:             [1] Intel(R) UHD Graphics 630 (CFL GT2)
[Vulkan Loader] INFO | DRIVER:             [2] NVIDIA GeForce RTX 3060
[Vulkan Loader] INFO | DRIVER:       Sorted order:
[Vulkan Loader] INFO | DRIVER:             [0] NVIDIA GeForce RTX 3060
[Vulkan Loader] DRIVER:                Using "NVIDIA GeForce RTX 3060" with driver: "libGLX_nvidia.so.0"
`;

test("the loader's log names the adapter that is used and all hardware that is seen", () => {
  expect(usedAdapter(loaderLog)).toBe('NVIDIA GeForce RTX 3060');
  expect(seenAdapters(loaderLog, [])).toEqual([
    'Intel(R) UHD Graphics 630 (CFL GT2)',
    'NVIDIA GeForce RTX 3060',
  ]);
});

test('the memory of the processor is that of the machine, or of its container', async () => {
  const memory = (await memoryOf(cpuDevice()))!;
  expect(memory.total).toBeLessThanOrEqual(totalmem());
  expect(memory.free).toBeLessThan(memory.total!);
  expect(memory.free).toBeGreaterThan(0);
  expect(memory.shared).toBe(false);
});
