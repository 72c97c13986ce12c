import { Environment } from '@marcbachmann/cel-js';
import type { Policy, PolicyVerdict, Violation } from '../core/results/policy.ts';
import { didYouMean } from '../core/suggest.ts';
import { Budget, type Node } from './budget.ts';
import { wrongLiteral } from './literals.ts';
import { traceReads } from './reads.ts';
import { type JsonSchema, type PlanTypes, planTypes } from './types.ts';

/** Steps that one policy may take on one plan: some seconds at most. */
const MAX_STEPS = 1_000_000;
const LIMITS = {
  maxAstNodes: 1000,
  maxDepth: 60,
  maxListElements: 200,
  maxMapEntries: 200,
  maxCallArguments: 16,
};

/** What is wrong with an expression. `start` and `end` are offsets in it. */
export interface ExpressionProblem {
  readonly start: number;
  readonly end: number;
  readonly message: string;
  readonly remedy: string;
}

interface Compiled {
  (variables: Record<string, unknown>): unknown;
  readonly ast: Node;
}

/** Compiles and evaluates policies. Pure: the same plan gives the same result, whatever the time it takes. */
export class Policies {
  readonly #types: PlanTypes;
  readonly #environments: Readonly<Record<Policy['scope'], Environment>>;
  readonly #budget: Budget;

  /**
   * @param schema of plans as JSON
   * @param maxSteps that one policy may take on one plan
   */
  constructor(schema: JsonSchema, maxSteps = MAX_STEPS) {
    this.#budget = new Budget(maxSteps);
    this.#types = planTypes(schema);
    const environment = new Environment({ limits: LIMITS, homogeneousAggregateLiterals: false });
    for (const [name, type] of this.#types.objects) environment.registerType(name, type);
    environment.registerVariable('plan', 'Plan');
    const ofPlan = environment.clone();
    this.#environments = { plan: ofPlan, change: environment.clone().registerVariable('change', 'Change') };
  }

  /** Returns what is wrong with an expression, which must be of a type. */
  problemOf(
    scope: Policy['scope'],
    expression: string,
    type: 'bool' | 'string',
  ): ExpressionProblem | undefined {
    const result = this.#compile(scope, expression, type);
    return typeof result === 'function' ? undefined : result;
  }

  /** Evaluates a policy on a plan, and notes what its expression reads. */
  explain(policy: Policy, data: unknown): PolicyVerdict {
    const violations = this.evaluate([policy], data);
    const plan = this.#types.convertPlan(data);
    const made = [...plan.changes.keys()].filter((index) => isMade(plan.changes[index]));
    const first = violations.find(({ isFailure }) => isFailure === true) ?? violations[0];
    if (first === undefined && policy.scope === 'change' && made.length === 0)
      return { result: 'none', changes: [], reads: [] };
    const change = plan.changes[first?.change ?? made[0] ?? 0];
    return {
      result: first === undefined ? 'pass' : first.isFailure === true ? 'error' : 'violation',
      ...(first !== undefined && { message: first.message }),
      changes: violations.flatMap((one) => one.change ?? []),
      reads: this.#reads(policy, policy.scope === 'plan' ? { plan } : { plan, change }),
    };
  }

  #reads({ scope, expression }: Policy, variables: Record<string, unknown>): PolicyVerdict['reads'] {
    this.#budget.reset();
    const compiled = this.#compile(scope, expression, 'bool');
    if (!('ast' in compiled)) return [];
    const reads = traceReads(expression, compiled.ast);
    try {
      compiled(variables);
    } catch {
      // The verdict says so.
    }
    return [...reads.values()];
  }

  /**
   * Evaluates policies on a plan. A policy about changes is evaluated for those that would be made: all but `no-op` and
   * `defer`.
   * @param data the plan as JSON data
   * @returns what is violated, by policy and then by change. A policy that cannot be evaluated is violated.
   */
  evaluate(policies: readonly Policy[], data: unknown): readonly Violation[] {
    const plan = this.#types.convertPlan(data);
    return policies.flatMap((policy) => {
      this.#budget.reset();
      const compiled = this.#compile(policy.scope, policy.expression, 'bool');
      if (typeof compiled !== 'function') return [failure(policy, compiled.message)];
      if (policy.scope === 'plan') return this.#violations(policy, compiled, { plan });
      const found: Violation[] = [];
      for (const [index, change] of plan.changes.entries()) {
        if (!isMade(change)) continue;
        const violations = this.#violations(policy, compiled, { plan, change });
        found.push(...violations.map((one) => ({ ...one, change: index })));
        // The budget is spent: the others would fail too.
        if (this.#budget.isSpent) return [failure(policy, this.#budget.message)];
      }
      return found;
    });
  }

  #violations(policy: Policy, compiled: Compiled, variables: Record<string, unknown>): readonly Violation[] {
    try {
      const isMet = compiled(variables) === true;
      // `||` drops the error of a side that has used up the budget.
      if (this.#budget.isSpent) return [failure(policy, this.#budget.message)];
      if (isMet) return [];
    } catch (error) {
      return [failure(policy, wordsOf(error))];
    }
    const { message, messageExpression } = policy;
    if (messageExpression === undefined) return [{ policy, message }];
    const text = this.#compile(policy.scope, messageExpression, 'string');
    try {
      const words = typeof text === 'function' ? text(variables) : undefined;
      return [{ policy, message: typeof words === 'string' && words !== '' ? words : message }];
    } catch {
      return [{ policy, message }];
    }
  }

  #compile(
    scope: Policy['scope'],
    expression: string,
    type: 'bool' | 'string',
  ): Compiled | ExpressionProblem {
    const whole = { start: 0, end: expression.length };
    try {
      const parsed = this.#environments[scope].parse(expression);
      const checked = parsed.check();
      if (!checked.valid) return this.#problem(checked.error, scope, whole);
      const wrong = this.#refused(parsed.ast);
      if (wrong !== undefined) return wrong;
      if (checked.type !== type && checked.type !== 'dyn') {
        const message = `the expression is of type ${String(checked.type)}, not ${type}`;
        return {
          ...whole,
          message,
          remedy:
            type === 'bool'
              ? 'write a condition that is true where nothing is wrong'
              : 'write an expression that makes a text',
        };
      }
      return parsed;
    } catch (error) {
      return this.#problem(error, scope, whole);
    }
  }

  /** Counts the steps of macros, and refuses what cannot be bounded or is certainly a mistake. */
  #refused(node: unknown): ExpressionProblem | undefined {
    if (Array.isArray(node)) {
      for (const each of node) {
        const found = this.#refused(each);
        if (found !== undefined) return found;
      }
      return undefined;
    }
    if (!isNode(node)) return undefined;
    this.#budget.meter(node);
    const { start, end } = node;
    if (node.op === 'call' && node.args[0] === 'has') {
      const found = this.#unknownField(node.args[1][0] as Node);
      if (found !== undefined) return found;
    }
    const literal = wrongLiteral(node, (field) => this.#valuesOf(field));
    if (literal !== undefined) return literal;
    if (node.op === 'rcall' && node.args[0] === 'matches') {
      const pattern: unknown = (node.args[2][0] as Node).op === 'value' ? node.args[2][0]?.args : undefined;
      if (typeof pattern !== 'string' || !isBoundedPattern(pattern)) {
        return {
          ...{ start, end, message: 'the pattern of matches() may take too long' },
          remedy:
            'write it as a literal of at most 200 characters with at most two of * + {, none of them after a group, and at most ten of | ?',
        };
      }
    }
    if (node.op === '+' && node.checkedType?.kind === 'list') {
      return {
        start,
        end,
        message: 'lists cannot be joined in a policy',
        remedy: 'use filter() or exists() on each list',
      };
    }
    return this.#refused(node.args);
  }

  /** has() takes any name: a field that no plan has is a mistake. */
  #unknownField(node: Node): ExpressionProblem | undefined {
    if (node.op !== '.') return undefined;
    const [left, name] = node.args;
    const fields = this.#fieldsOf(this.#typeOf(left));
    if (fields === undefined || fields.includes(name)) return this.#unknownField(left);
    return noSuchField(name, fields, node);
  }

  #typeOf(node: Node): string {
    if (node.checkedType !== undefined) return node.checkedType.name;
    if (node.op !== '.') return 'dyn';
    return this.#types.objects.get(this.#typeOf(node.args[0]))?.fields[node.args[1]] ?? 'dyn';
  }

  #valuesOf({ args }: Node): readonly string[] | undefined {
    const [left, name] = args as unknown as readonly [Node, string];
    return this.#types.objects.get(this.#typeOf(left))?.values.get(name);
  }

  #fieldsOf(type: string): readonly string[] | undefined {
    const fields = this.#types.objects.get(type)?.fields;
    return fields === undefined ? undefined : Object.keys(fields);
  }

  #problem(error: unknown, scope: Policy['scope'], whole: { start: number; end: number }): ExpressionProblem {
    const { code, range = whole, node, summary } = error as CelError;
    if (code === 'no_such_key' && node?.op === '.') {
      const [left, name] = node.args;
      const fields = this.#fieldsOf((left as Node).checkedType?.name ?? '');
      if (fields !== undefined) return noSuchField(name, fields, { ...node, ...range });
    }
    if (code === 'unknown_variable' && node?.op === 'id') {
      const names = scope === 'plan' ? ['plan'] : ['change', 'plan'];
      const otherwise =
        node.args === 'change'
          ? 'a policy with scope: plan has plan.changes only'
          : `use ${names.join(' or ')}`;
      return {
        ...range,
        message: `there is no variable ${node.args}`,
        remedy: didYouMean(node.args, names, otherwise),
      };
    }
    const message = `this is not an expression of CEL: ${lowerFirst(summary ?? String(error))}`;
    return { ...range, message, remedy: 'see docs/policies.md for what an expression may use' };
  }
}

interface CelError {
  readonly code?: string;
  readonly summary?: string;
  readonly range?: { readonly start: number; readonly end: number };
  readonly node?: Node;
}

/** Whether an apply would make a change. */
function isMade(change: unknown): boolean {
  const { action } = change as { readonly action: string };
  return action !== 'no-op' && action !== 'defer';
}

function failure(policy: Policy, why: string): Violation {
  return { policy, message: `policy ${policy.name} could not be evaluated: ${why}`, isFailure: true };
}

function wordsOf(error: unknown): string {
  const { summary, code } = error as CelError;
  const text = lowerFirst(summary ?? (error instanceof Error ? error.message : String(error)));
  return code === 'no_such_key' ? `${text}; ask has() first` : text;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}

function noSuchField(
  name: string,
  fields: readonly string[],
  { start, end }: { readonly start: number; readonly end: number },
): ExpressionProblem {
  const remedy = didYouMean(name, fields, `it has ${fields.join(', ')}`);
  return { start, end, message: `there is no field ${name} here`, remedy };
}

/** Whether a pattern takes no more than a bounded time on the short texts of a plan. */
function isBoundedPattern(pattern: string): boolean {
  const count = (characters: RegExp): number => pattern.replace(/\\./g, 'x').match(characters)?.length ?? 0;
  // Each choice may double the time: (a|a)(a|a)… or a?a?…
  const isShort = pattern.length <= 200 && count(/[*+{]/g) <= 2 && count(/[|?]/g) <= 10;
  return isShort && !/\)[*+{]|\(\?[=!<]|\\[1-9]/.test(pattern);
}
