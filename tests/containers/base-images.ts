// Stand-ins for the base images of scaffolded Dockerfiles, made of this machine's Node and Python, since no registry of
// images or packages is reachable from a container.
import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, globSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import type { Engine } from '../../src/runner/container-engine.ts'
import { addProgram, build, createContext } from './engine.ts'

/** Fails like npm when a dependency is not in the folder, then installs what the test has prepared. */
const NPM = `#!/bin/node
const { cpSync, existsSync, readFileSync } = require('node:fs')
if (process.argv.slice(2).join(' ') !== 'install --omit=dev') throw new Error(process.argv.join(' '))
for (const [name, spec] of Object.entries(JSON.parse(readFileSync('package.json', 'utf8')).dependencies))
  if (spec.startsWith('file:') && !existsSync(spec.slice(5))) throw new Error(name + ' is not in the folder: ' + spec)
cpSync('/modules', 'node_modules', { recursive: true, verbatimSymlinks: true })
`

/** @param modules the node_modules that `npm install --omit=dev` finds in the registry */
export function buildNodeBase(engine: Engine, modules: string): string {
  const context = createContext()
  for (const program of ['/bin/sh', '/usr/bin/dirname', '/usr/bin/readlink', '/usr/bin/env'])
    addProgram(context, program, program)
  cpSync(modules, join(context, 'root', 'modules'), { recursive: true, verbatimSymlinks: true })
  const npm = join(context, 'root', 'bin', 'npm')
  writeFileSync(npm, NPM)
  chmodSync(npm, 0o755)
  return build(engine, context, { name: 'localhost/paracosm-test-node:24', lines: ['ENV PATH=/usr/bin:/bin'] })
}

const Python = z.object({ program: z.string(), modules: z.string(), binary: z.string() })
const DESCRIBE = `import json, os, sys, sysconfig
print(json.dumps({"program": os.path.realpath(sys.executable), "modules": sysconfig.get_path("stdlib"),
  "binary": sysconfig.get_config_var("DESTSHARED")}))`
/** Large parts of the standard library that no game needs. */
const LEFT_OUT = ['site-packages', 'dist-packages', 'test', 'idlelib', 'tkinter', 'ensurepip', '__pycache__']

/** This machine's Python with its standard library, at the same paths. */
export function buildPythonBase(engine: Engine): string {
  const python = Python.parse(JSON.parse(execFileSync('python3', ['-c', DESCRIBE], { encoding: 'utf8' })))
  const context = createContext()
  addProgram(context, '/bin/sh', '/bin/sh')
  addProgram(context, python.program, python.program)
  cpSync(python.modules, join(context, 'root', python.modules), {
    recursive: true,
    dereference: true,
    filter: (path) => !LEFT_OUT.some((name) => path.endsWith(`/${name}`)),
  })
  for (const module of globSync(join(python.binary, '*.so'))) addProgram(context, module, module)
  symlinkSync(python.program, join(context, 'root', 'bin', 'python3'))
  const lines = [`ENV PATH=/bin:${dirname(python.program)}`]
  return build(engine, context, { name: 'localhost/paracosm-test-python:3', lines })
}
