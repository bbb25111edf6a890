import { describe } from 'vitest';
import { everyModel, paritySuite } from './parity.ts';

describe('on the CPU', () => paritySuite('cpu', everyModel));
