import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { expect, it } from 'vitest';
import { ROUTE_LIMITS } from '../../../../infra/config-api.ts';
import { parseTemplate } from '../../../../infra/local/template/assembly.ts';
import { planStack } from '../../../../infra/local/template/plan.ts';
import { context } from '../../deployment.ts';
import { variants } from '../../variant-templates.ts';
import { addVariant } from '../../variants.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** What a setting adds to the template must not stop the engine. */
it.each(variants)('the engine can run the deployment with the settings of "%s"', (variant) => {
  const assets = temporaryFolder();
  writeFileSync(join(assets, 'index.mjs'), 'export const handler = () => {}');
  const stack = addVariant(new App({ context }), variant);
  const plan = planStack(
    {
      stackName: stack.stackName,
      template: parseTemplate(Template.fromStack(stack).toJSON()),
      assetDirectory: () => assets,
    },
    { endpointUrl: 'http://127.0.0.1:1', apiUrl: 'http://127.0.0.1:2' },
  );
  expect(plan.functions).toHaveLength(plan.eventSources.length + 5 + plan.declarations.length);
  expect(plan.clocks).toHaveLength(3);
  expect(plan.tables).toHaveLength(1);
  expect(plan.httpApi?.routes).toHaveLength(9 + Object.keys(ROUTE_LIMITS).length);
});
