import * as z from 'zod';
import { type Json, TemplateError } from '../template/intrinsics.ts';

/** What a rule makes of an event for its target: docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html */
export const TargetInputSchema = z.object({
  Input: z.string().optional(),
  InputPath: z.string().optional(),
  InputTransformer: z
    .object({ InputPathsMap: z.record(z.string(), z.string()).default({}), InputTemplate: z.string() })
    .optional(),
});

/** The text that the target gets. */
export type Render = (event: Json) => string;

export function compileInput(
  { Input, InputPath, InputTransformer }: z.infer<typeof TargetInputSchema>,
  rule: { name: string; arn: string },
  where: string,
): Render {
  if (Input !== undefined) return () => Input;
  if (InputPath !== undefined) {
    const read = compilePath(InputPath, where);
    return (event) => JSON.stringify(read(event) ?? null);
  }
  if (!InputTransformer) return (event) => JSON.stringify(event);
  const variables = new Map<string, (event: Json) => Json | undefined>([
    ['aws.events.rule-arn', () => rule.arn],
    ['aws.events.rule-name', () => rule.name],
    ['aws.events.event.json', (event) => event],
  ]);
  for (const [name, path] of Object.entries(InputTransformer.InputPathsMap))
    variables.set(name, compilePath(path, where));
  const parts = InputTransformer.InputTemplate.split(VARIABLE);
  for (const name of parts.filter((_, i) => i % 2 === 1))
    if (!variables.has(name))
      throw new TemplateError(`${where}: the embedded engine does not know the variable <${name}>`);
  return (event) => {
    let text = '';
    parts.forEach((part, i) => {
      text += i % 2 === 0 ? part : written(variables.get(part)?.(event), isInsideText(text));
    });
    return text;
  };
}

const VARIABLE = /<([\w.-]+)>/;

/** A text gets its quotes, unless it stands inside of another. */
function written(value: Json | undefined, insideText: boolean): string {
  if (!insideText) return JSON.stringify(value ?? null);
  const text = value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
  return JSON.stringify(text).slice(1, -1);
}

/** Whether a quote is open where this JSON ends. */
const isInsideText = (json: string): boolean =>
  (json.replaceAll(/\\./gs, '').match(/"/g)?.length ?? 0) % 2 === 1;

/** `$`, `$.detail.items[0]` */
function compilePath(path: string, where: string): (event: Json) => Json | undefined {
  if (!/^\$(\.[\w/-]+|\[\d+\])*$/.test(path))
    throw new TemplateError(`${where}: the embedded engine does not know the path ${path}`);
  const steps = path.slice(1).match(/[\w/-]+/g) ?? [];
  return (event) => {
    let value: Json | undefined = event;
    for (const step of steps) {
      if (typeof value !== 'object' || value === null) return undefined;
      value = Array.isArray(value)
        ? value[Number(step)]
        : Object.hasOwn(value, step)
          ? value[step]
          : undefined;
    }
    return value;
  };
}
