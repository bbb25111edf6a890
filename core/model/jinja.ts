/**
 * Templates in Jinja, by `@huggingface/jinja`. Its `strip`, `lstrip`, `rstrip` and filter `trim` take no notice of the
 * characters to strip, which Qwen's templates name, and know another white space than Python; so calls of theirs become
 * calls of functions here.
 */
import * as jinja from '@huggingface/jinja';

interface Environment {
  set(name: string, value: unknown): void;
}

/** What is used of the library; its own declarations do not resolve under NodeNext. */
interface Library {
  readonly Environment: new () => Environment;
  readonly Interpreter: new (environment: Environment) => { run(program: object): { value: string } };
  tokenize(source: string, options: { lstrip_blocks: boolean; trim_blocks: boolean }): unknown;
  parse(tokens: unknown): object;
}

const library = jinja as unknown as Library;

/** A template's text for values by name; functions may be among them. */
export type Template = (values: Readonly<Record<string, unknown>>) => string;

/** A template as Transformers reads it: blocks leave no lines. Throws an error that says where it is none. */
export function parseTemplate(source: string): Template {
  const program = library.parse(library.tokenize(source, { lstrip_blocks: true, trim_blocks: true }));
  change(program);
  return (values) => {
    const environment = new library.Environment();
    for (const [name, value] of Object.entries({ ...GLOBALS, ...strip, ...values }))
      environment.set(name, value);
    return new library.Interpreter(environment).run(program).value;
  };
}

/** What every template knows. */
const GLOBALS = {
  ...{ true: true, false: false, none: null, True: true, False: false, None: null },
  range: (first: number, end?: number, step = 1): number[] => {
    const [from, to] = end === undefined ? [0, first] : [first, end];
    return Array.from({ length: Math.max(0, Math.ceil((to - from) / step)) }, (_, i) => from + i * step);
  },
};

interface Node {
  type: string;
  [field: string]: unknown;
}

const SPACE = String.raw`\p{White_Space}\x1c-\x1f`;

const stripping =
  (isLeft: boolean, isRight: boolean) =>
  (text: string, characters?: string): string => {
    const strips =
      typeof characters === 'string'
        ? (character: string) => characters.includes(character)
        : (character: string) => IS_SPACE.test(character);
    const all = Array.from(text);
    let [start, end] = [0, all.length];
    while (isLeft && start < end && strips(all[start]!)) start++;
    while (isRight && end > start && strips(all[end - 1]!)) end--;
    return all.slice(start, end).join('');
  };

const IS_SPACE = new RegExp(`[${SPACE}]`, 'u');

/** For the environment of a template. */
const strip = {
  python_strip: stripping(true, true),
  python_lstrip: stripping(true, false),
  python_rstrip: stripping(false, true),
};

const METHOD = /^[lr]?strip$/;

/** Makes those calls of a parsed template calls of these. */
function change(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  const call = isNode(value) ? callOf(value) : undefined;
  if (call) Object.assign(value, call);
  for (const child of value instanceof Map ? value.entries() : Object.values(value)) change(child);
}

const isNode = (value: object): value is Node => 'type' in value && typeof value.type === 'string';

/** The call in the place of a node; undefined where it stays as it is. */
function callOf({ type, callee, args, operand, filter }: Node): object | undefined {
  const method = type === 'CallExpression' ? methodOf(callee as Node) : undefined;
  if (method) return callTo(method.name, [method.object, ...(args as unknown[])]);
  const { type: kind, value: name } = (filter ?? {}) as Partial<Node>;
  if (type === 'FilterExpression' && kind === 'Identifier' && name === 'trim')
    return callTo('strip', [operand]);
  return undefined;
}

function methodOf({ type, object, property, computed }: Node): { name: string; object: unknown } | undefined {
  const { value: name } = (property ?? {}) as Partial<Node>;
  if (type !== 'MemberExpression' || computed === true || typeof name !== 'string') return undefined;
  return METHOD.test(name) ? { name, object } : undefined;
}

const callTo = (name: string, args: unknown[]): object => ({
  type: 'CallExpression',
  callee: { type: 'Identifier', value: `python_${name}` },
  args,
});
