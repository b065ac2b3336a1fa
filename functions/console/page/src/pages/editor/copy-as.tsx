import { Button, Menu } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { type Draft, textOf } from './draft.ts';
import { scheduledTask } from './typescript.ts';

/** Within single quotes of a shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

const curlOf = (id: string, draft: Draft): string =>
  [
    `curl -X PUT ${quoted(`${window.location.origin}/v1/tasks/${encodeURIComponent(id)}`)}`,
    '-H "Authorization: Bearer $ESCAPEMENT_TOKEN"',
    "-H 'Content-Type: application/json'",
    `-d ${quoted(JSON.stringify(draft))}`,
  ].join(' \\\n  ');

const cliOf = (id: string, draft: Draft): string =>
  `escapement tasks put ${quoted(id)} -f - <<'JSON'\n${textOf(draft)}\nJSON`;

async function fileOf(id: string, draft: Draft): Promise<string> {
  const { stringify } = await import('yaml');
  return `# tasks.yaml: escapement apply -f tasks.yaml\n${stringify({ name: 'my-tasks', tasks: { [id]: draft } })}`;
}

const FORMS = [
  { label: 'curl', make: curlOf },
  { label: 'Command line', make: cliOf },
  { label: 'File for escapement apply', make: fileOf },
  { label: 'CDK construct', make: scheduledTask },
];

/** The same task for where tasks are kept: a shell, a script, a repository. */
export function CopyAs({ id, draft }: { id: string; draft: Draft }) {
  const clipboard = useClipboard();
  const copy = async (label: string, text: string | Promise<string>) => {
    clipboard.copy(await text);
    notifications.show({ message: `Copied: ${label}`, color: 'green' });
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default">Copy as</Button>
      </Menu.Target>
      <Menu.Dropdown>
        {FORMS.map(({ label, make }) => (
          <Menu.Item key={label} onClick={() => copy(label, make(id || 'my-task', draft))}>
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
