/**
 * The layers of the training core: each folder and the folders it may import, exhaustively.
 * Importing anything else inside the project fails the build, and so does a cycle.
 */
const layers = {
  contract: [],
  graph: ['contract'],
  engine: ['contract', 'graph'],
  optim: ['contract', 'graph', 'engine'],
  data: ['contract'],
  model: ['contract', 'graph', 'engine', 'data'],
  generation: ['contract', 'graph', 'engine', 'data', 'model'],
  project: ['contract', 'data'],
  training: ['contract', 'graph', 'engine', 'optim', 'data', 'model', 'generation', 'project'],
  evaluation: ['contract', 'graph', 'engine', 'data', 'model', 'generation', 'training', 'project'],
  starter: ['contract', 'data'],
  workbench: [
    'contract',
    'graph',
    'engine',
    'optim',
    'data',
    'model',
    'generation',
    'project',
    'training',
    'evaluation',
  ],
  host: [
    'contract',
    'graph',
    'engine',
    'optim',
    'data',
    'model',
    'generation',
    'project',
    'training',
    'evaluation',
    'starter',
    'workbench',
  ],
};

const only = (name, allowed) => ({
  name: `core/${name} imports only ${allowed.join(', ') || 'itself'}`,
  severity: 'error',
  from: { path: `^core/${name}/` },
  to: { path: '^(core|electron|renderer|test)/', pathNot: `^core/(${[name, ...allowed].join('|')})/` },
});

export default {
  forbidden: [
    ...Object.entries(layers).map(([name, allowed]) => only(name, allowed)),
    {
      name: 'every folder of core is a named layer',
      severity: 'error',
      from: { path: '^core/', pathNot: `^core/(${Object.keys(layers).join('|')})/` },
      to: {},
    },
    {
      name: 'only core/engine knows ONNX',
      severity: 'error',
      from: { path: '^core/', pathNot: '^core/engine/onnx/' },
      to: { path: 'onnxruntime|protobufjs' },
    },
    {
      name: 'core never imports electron',
      severity: 'error',
      from: { path: '^core/' },
      to: { path: 'node_modules/electron' },
    },
    { name: 'no cycles', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: 'kernels/assembly|__snapshots__' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.mjs', '.json'] },
  },
};
