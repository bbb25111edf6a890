/**
 * The layers: each folder and the folders it may import, exhaustively.
 * Importing anything else inside the project fails the build, and so does a cycle.
 */
const layers = {
  contract: [],
  graph: ['contract'],
  engine: ['contract', 'data', 'graph'],
  optim: ['contract', 'graph', 'engine'],
  data: ['contract'],
  model: ['contract', 'graph', 'engine', 'data'],
  generation: ['contract', 'graph', 'engine', 'data', 'model'],
  project: ['contract', 'data'],
  training: ['contract', 'graph', 'engine', 'optim', 'data', 'model', 'generation', 'project'],
  planner: ['contract', 'graph', 'engine', 'optim', 'data', 'model', 'generation', 'training'],
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
    'planner',
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
    'planner',
    'evaluation',
    'starter',
    'workbench',
  ],
};

/** The window: what a folder of it may import of the others; `core/contract` is open to all but components. */
const windowLayers = {
  theme: [],
  client: [],
  components: ['theme'],
  stores: ['client', 'components'],
  charts: ['theme', 'components'],
  shortcuts: ['stores', 'components'],
  views: ['stores', 'components', 'charts', 'shortcuts', 'client'],
  shell: ['stores', 'components', 'shortcuts', 'client', 'views'],
};

const only = (name, allowed) => ({
  name: `core/${name} imports only ${allowed.join(', ') || 'itself'}`,
  severity: 'error',
  from: { path: `^core/${name}/` },
  to: { path: '^(core|electron|renderer|test)/', pathNot: `^core/(${[name, ...allowed].join('|')})/` },
});

const onlyOfWindow = (name, allowed) => ({
  name: `renderer/${name} imports only ${allowed.map((folder) => `renderer/${folder}`).join(', ') || 'itself'}`,
  severity: 'error',
  from: { path: `^renderer/${name}/` },
  to: { path: '^renderer/', pathNot: `^renderer/(${[name, ...allowed].join('|')})/` },
});

export default {
  forbidden: [
    ...Object.entries(layers).map(([name, allowed]) => only(name, allowed)),
    ...Object.entries(windowLayers).map(([name, allowed]) => onlyOfWindow(name, allowed)),
    {
      name: 'renderer imports only core/contract besides itself',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { path: '^(core|electron|test)/', pathNot: '^core/contract/' },
    },
    {
      name: 'renderer/components know nothing of the workbench',
      severity: 'error',
      from: { path: '^renderer/components/' },
      to: { path: '^core/' },
    },
    {
      name: 'renderer runs in a browser: no Node, no Electron',
      severity: 'error',
      from: { path: '^renderer/', pathNot: '^renderer/vite[.]config[.]ts$' },
      to: { path: 'node_modules/electron/', dependencyTypes: ['core'] },
    },
    {
      name: 'electron imports only core/contract and core/host',
      severity: 'error',
      from: { path: '^electron/' },
      to: { path: '^(core|renderer|test)/', pathNot: '^core/(contract|host)/' },
    },
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
      name: 'only core/engine/tensorflow knows TensorFlow.js',
      severity: 'error',
      from: { path: '^core/', pathNot: '^core/engine/tensorflow/' },
      to: { path: '@tensorflow/' },
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
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.js', '.mjs', '.json'] },
  },
};
