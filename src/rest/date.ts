/** A moment (Unix seconds) as WordPress writes it: GMT, without a zone. */
export const formatDate = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 19)
