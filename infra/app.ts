import { App } from 'aws-cdk-lib';
import { assertSettings, settingsFromContext } from './config.ts';
import { EscapementStack } from './stack.ts';

const app = new App();
const settings = settingsFromContext(app.node);
assertSettings(settings);
new EscapementStack(app, settings);
app.synth();
