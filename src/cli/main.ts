#!/usr/bin/env node
import { Command } from 'commander'
import { readConfig } from '../server/config.ts'
import { serve } from '../server/serve.ts'

const program = new Command('koa-wp-connect')
program.command('serve').action(() => serve(readConfig(process.env)))
await program.parseAsync()
