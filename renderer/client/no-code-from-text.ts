/**
 * Comes before every schema: the content security policy allows no code made from text, and schemas try it when they
 * are made; a mere attempt is reported as a violation.
 */
import { z } from 'zod';

z.config({ jitless: true });
