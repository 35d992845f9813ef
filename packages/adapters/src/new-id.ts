import type { NewId } from '@holdfast/domain'
import { v7 } from 'uuid'

/**
 * The prefix and a UUID of version 7 (RFC 9562) without dashes: unique without asking anybody, and sorted by time, which
 * keeps the rows that are written together next to each other in an index.
 */
export const newId: NewId = (prefix) => `${prefix}_${v7().replaceAll('-', '')}`
