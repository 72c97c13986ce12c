/** Fields of what a platform sent, which may be anything. */
export function field(data: unknown, name: string): unknown {
  return typeof data === 'object' && data !== null ? (data as Record<string, unknown>)[name] : undefined;
}

export function textOf(data: unknown): string {
  return typeof data === 'string' ? data : '';
}

/** An id: a number or a text. */
export function idOf(data: unknown): string {
  return typeof data === 'number' ? String(data) : textOf(data);
}

export function listOf(data: unknown): readonly unknown[] {
  return Array.isArray(data) ? (data as readonly unknown[]) : [];
}
