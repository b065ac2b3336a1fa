import { Token } from 'aws-cdk-lib';
import * as z from 'zod';

/** Text of a certain form. What another construct only knows at deployment is taken as it is. */
export const text = (form: RegExp, expected: string) =>
  z.string().refine((value) => Token.isUnresolved(value) || form.test(value), `expected ${expected}`);
