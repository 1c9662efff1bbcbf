// The part of json-logic-js that the benchmark uses; the package brings no types.
declare module 'json-logic-js' {
  const jsonLogic: {
    apply(logic: unknown, data: unknown): unknown
    add_operation(name: string, run: (value: number) => number): void
  }
  export = jsonLogic
}
