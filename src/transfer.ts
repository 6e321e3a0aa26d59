export { readWordPress, type WordPressSource } from './transfer/import/read-wordpress.ts'
export type { WordPressUser } from './transfer/import/wordpress-user.ts'
