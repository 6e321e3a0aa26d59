/** Formats a time (Unix seconds) as WordPress does: GMT, without a time zone. */
export const formatDate = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 19)
