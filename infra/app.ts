import { App } from 'aws-cdk-lib';
import { resolveConfig, settingsFromContext } from './config.ts';
import { EscapementStack } from './stack.ts';

const app = new App();
new EscapementStack(app, resolveConfig(settingsFromContext(app.node)));
app.synth();
