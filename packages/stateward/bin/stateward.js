#!/usr/bin/env node
// Committed, because an installation links a command only when its file is there; the code comes with the build.
import '../dist/main.js'
