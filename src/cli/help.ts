import type { Command } from 'commander'

/** Makes the error messages of each command point to its own help. */
export function pointToHelp(command: Command, path = command.name()): void {
  command.showHelpAfterError(`See '${path} --help'.`)
  for (const each of command.commands) pointToHelp(each, `${path} ${each.name()}`)
}

/** Rewrites `help user create` and `user help create` to `user create --help`: Commander supports only one level. */
export function withHelpLast(program: Command, args: readonly string[]): string[] {
  let group: Command | undefined = program
  for (const [at, arg] of args.entries()) {
    if (!group || group.commands.length === 0) break
    if (arg === 'help') return [...args.slice(0, at), ...args.slice(at + 1), '--help']
    group = group.commands.find(command => command.name() === arg)
  }
  return [...args]
}
