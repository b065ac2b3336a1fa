import type { HouseFunction } from './function.ts';

export interface DeclaredTasksProps {
  makeFunction(): HouseFunction;
  /** By name of their queue. */
  executors: Readonly<Record<string, HouseFunction>>;
}

/** The tasks that CDK apps declare on one scheduler. The function that makes them is there with the first. */
export class DeclaredTasks {
  private readonly props: DeclaredTasksProps;
  private readonly ids = new Set<string>();
  private function: HouseFunction | undefined;

  constructor(props: DeclaredTasksProps) {
    this.props = props;
  }

  /** Whom CloudFormation asks. */
  get handler(): HouseFunction {
    this.function ??= this.props.makeFunction();
    return this.function;
  }

  /** Queues that a task may name. */
  get queues(): string[] {
    return Object.keys(this.props.executors);
  }

  /** Whoever runs the tasks; what is new in their code comes before a task that needs it. */
  get executors(): HouseFunction[] {
    return Object.values(this.props.executors);
  }

  add(id: string): void {
    if (this.ids.has(id)) throw new Error(`The task ${id} is declared twice`);
    this.ids.add(id);
  }
}
