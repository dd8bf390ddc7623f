// Puts the app together as WeChat's tools do: TypeScript to JavaScript, everything else as it is.
'use strict'
const { execFileSync } = require('node:child_process')
const fs = require('node:fs')
const path = require('node:path')

const project = path.resolve(__dirname, '../../connectors/channels/wechat/miniprogram')
const built = path.join(__dirname, 'build')

fs.rmSync(built, { recursive: true, force: true })
fs.cpSync(path.join(project, 'app'), built, { recursive: true, filter: (file) => !file.endsWith('.ts') })
execFileSync(process.execPath, [path.join(__dirname, 'node_modules/typescript/bin/tsc'), '-p', project], { stdio: 'inherit' })
