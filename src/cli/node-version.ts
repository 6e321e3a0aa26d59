/** @param wanted value of `engines.node` in package.json: `>=22.20` */
export function isTooOld(version: string, wanted: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [needsMajor = 0, needsMinor = 0] = wanted.replace('>=', '').split('.').map(Number)
  return major < needsMajor || (major === needsMajor && minor < needsMinor)
}
