import type { BuiltOAuth, OAuthBuildParts } from '../oauth/build.ts'
import type { CheckedOAuth } from '../oauth/options.ts'

/** Imports OAuth only if the option is set, so that other sites do not load it. */
export async function loadOAuth(
  options: CheckedOAuth | undefined,
  parts: Omit<OAuthBuildParts, 'options'>,
): Promise<BuiltOAuth | null> {
  if (!options) return null
  const { buildOAuth } = await import('../oauth/build.ts')
  return buildOAuth({ options, ...parts })
}
