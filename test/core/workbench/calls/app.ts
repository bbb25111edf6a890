import { mkdirSync } from 'node:fs';
import { expect } from 'vitest';
import { addPrompts, bench, page, projectPath, prompt, type Cases } from './bench.ts';

/** The application and its projects. */
export const appCases = {
  'app.about': async () => {
    expect(await bench.call('app.about', {})).toMatchObject({ host: 'browser', platform: process.platform });
  },
  'app.settings': async () => {
    expect(await bench.call('app.settings', {})).toMatchObject({
      device: 'cpu',
      dataFolder: bench.at('data'),
    });
  },
  'app.changeSettings': async () => {
    await bench.call('app.changeSettings', { theme: 'dark' });
    expect(await bench.call('app.settings', {})).toMatchObject({ theme: 'dark', device: 'cpu' });
    expect(bench.heard.findLast(({ event }) => event === 'settings')?.data).toMatchObject({ theme: 'dark' });
  },
  'app.devices': async () => {
    const { devices, chosen, because } = await bench.call('app.devices', {});
    expect(devices.map(({ provider }) => provider)).toEqual(['webgpu', 'cuda', 'tensorflow', 'cpu']);
    const cpu = devices.at(-1)!;
    expect(cpu).toMatchObject({ usable: true, float16: true, memory: { shared: false } });
    expect(cpu.memory!.free).toBeLessThanOrEqual(cpu.memory!.total!);
    expect({ chosen, because }).toEqual({ chosen: 'cpu', because: 'the settings ask for it' });
  },
  'app.measureDevice': async () => {
    const measured = await bench.call('app.measureDevice', { provider: 'cpu' });
    expect(measured.gigaflops).toBeGreaterThan(0.1);
    const { devices } = await bench.call('app.devices', {});
    expect(devices.find(({ provider }) => provider === 'cpu')).toMatchObject({ measured });
    const unusable = devices.find(({ usable }) => !usable);
    if (unusable)
      await expect(bench.call('app.measureDevice', { provider: unusable.provider })).rejects.toThrow(
        unusable.note,
      );
  },
  'app.folders': async () => {
    mkdirSync(bench.at('projects', 'plain'), { recursive: true });
    const { parent, folders } = await bench.call('app.folders', { path: bench.at('projects') });
    expect(parent).toBe(bench.root);
    expect(folders).toContainEqual({ name: 'plain', path: bench.at('projects', 'plain'), project: false });
    expect(folders).toContainEqual({ name: '1', path: bench.at('projects', '1'), project: true });
    await expect(bench.call('app.folders', { path: 'projects' })).rejects.toThrow(/not a whole path/);
  },

  'projects.recent': async () => {
    const path = projectPath();
    expect((await bench.call('projects.recent', {}))[0]).toMatchObject({ path, name: 'Test', present: true });
  },
  'projects.forget': async () => {
    const path = projectPath();
    await bench.call('projects.forget', { path });
    expect(await bench.call('projects.recent', {})).not.toContainEqual(expect.objectContaining({ path }));
  },
  'project.create': async () => {
    const path = bench.at('projects', 'created');
    expect(await bench.call('project.create', { path, name: 'Made' })).toMatchObject({ path, name: 'Made' });
    const relative = bench.call('project.create', { path: 'somewhere', name: 'Made' });
    await expect(relative).rejects.toThrow('somewhere is not a whole path');
  },
  'project.open': async () => {
    const path = projectPath();
    await addPrompts(prompt('kept'));
    await bench.call('project.close', {});
    expect(await bench.call('project.open', { path })).toMatchObject({ counts: { prompts: 1 } });
    await expect(bench.call('project.open', { path: bench.at('absent') })).rejects.toThrow(/absent/);
    expect(await bench.call('project.current', {})).toMatchObject({ path });
  },
  'project.openStarter': async () => {
    expect(await bench.call('project.openStarter', {})).toMatchObject({ starter: true, labeler: null });
  },
  'project.current': async () => {
    expect(await bench.call('project.current', {})).toMatchObject({ name: 'Test' });
  },
  'project.close': async () => {
    await bench.call('project.close', {});
    expect(await bench.call('project.current', {})).toBeNull();
    await expect(page()).rejects.toThrow('no project is open: open or create one first');
  },
  'project.setGuidelines': async () => {
    await bench.call('project.setGuidelines', { text: 'Be kind.' });
    expect(await bench.call('project.current', {})).toMatchObject({ guidelines: 'Be kind.' });
  },
} satisfies Partial<Cases>;
