import { expect, it } from 'vitest';
import { compileInput } from '../../../../infra/local/events/target-input.ts';

const event = { id: 'e1', source: 'sh"op', detail: { items: [{ 'sku-no': 7 }], note: 'a\nb' } };
const rule = { name: 'orders', arn: 'arn:rule' };
const render = (input: Parameters<typeof compileInput>[0]) =>
  compileInput(input, rule, 'Rule.Targets[0]')(event);
const template = (InputTemplate: string, InputPathsMap: Record<string, string> = {}) =>
  render({ InputTransformer: { InputPathsMap, InputTemplate } });

it('a target gets the event, a part of it, or what the rule says', () => {
  expect(JSON.parse(render({}))).toEqual(event);
  expect(render({ InputPath: '$.detail.items[0]' })).toBe('{"sku-no":7}');
  expect(render({ Input: '{"x":1}' })).toBe('{"x":1}');
});

it('a template gets values of any type, and texts inside of its own', () => {
  const text = template('{"of":<source>,"all":<detail>,"no":<gone>,"say":"<source>: <sku>, <gone><items>"}', {
    source: '$.source',
    detail: '$.detail',
    gone: '$.detail.gone.on',
    sku: '$.detail.items[0].sku-no',
    items: '$.detail.items',
  });
  expect(JSON.parse(text)).toEqual({
    of: 'sh"op',
    all: event.detail,
    no: null,
    say: 'sh"op: 7, [{"sku-no":7}]',
  });
});

it('a template may name the rule and the whole event', () => {
  const text = template(
    '{"by":<aws.events.rule-name>,"arn":"<aws.events.rule-arn>","e":<aws.events.event.json>}',
  );
  expect(JSON.parse(text)).toEqual({ by: 'orders', arn: 'arn:rule', e: event });
});

it('what is not known is refused by name', () => {
  expect(() => template('{"x":<y>}')).toThrow(
    'Rule.Targets[0]: the embedded engine does not know the variable <y>',
  );
  expect(() => template('<x>', { x: '$..x' })).toThrow('does not know the path $..x');
  expect(() => render({ InputPath: 'detail' })).toThrow('does not know the path detail');
});
