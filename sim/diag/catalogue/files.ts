// Problems of files and of the command line.
import type { Explanations } from '../explanation.ts'

export const files = {
  'unreadable-file': {
    severity: 'error',
    title: 'a file that cannot be read',
    text: 'The file does not exist, or a scenario may not read it: data files lie in the scenario’s own folder or below, or below the folder that `--root` allows, after links have been followed. Only a template that `Template` names may lie elsewhere. In the browser there is no folder at all.',
    wrong:
      'Simulation: { Workloads: { Load: { Target: Origin, Operation: http:GET, Arrivals: trace(../arrivals.csv) } } }\n',
    right: 'Simulation: { Workloads: { Load: { Target: Origin, Operation: http:GET, Rate: 5/s } } }\n',
  },
  'file-too-large': {
    severity: 'error',
    title: 'a file that is too large',
    text: 'Files of up to 64 MB are read, and data files of 64 MB in all, where each place that names a file counts it once more.',
  },
  'unknown-column': {
    severity: 'error',
    title: 'a column that the file does not have',
    text: 'A column is named by its title in the first line of the file, or by its number, counted from 1.',
  },
  'missing-column': {
    severity: 'error',
    title: 'a line of a file that is too short',
    text: 'Every line of the file has a value in the column that is read. A comma too few is the usual reason.',
  },
  'no-values': {
    severity: 'error',
    title: 'a file without a value',
    text: 'The column that is read is empty: the file has no line, or only titles.',
  },
  'too-many-values': {
    severity: 'error',
    title: 'a file with too many values',
    text: 'What a distribution or a trace reads from a file is bounded. Sum up, or cut the file.',
  },
  'malformed-lines': {
    severity: 'error',
    title: 'lines of a recording that cannot be read',
    text: 'A few lines of a log that are cut or of another form are left out, and that is said. Where they are more than one in twenty, the file is taken to be of another format than the one that was found or named with `format=`.',
  },
  'no-scenarios': {
    severity: 'error',
    title: 'a pattern or a folder without scenarios',
    text: "An argument may be a file, a folder, which stands for all files in it and below with a `Simulation` section, or a pattern such as `'scenarios/**/*.yaml'`, which stands for all files that it matches. What is in `node_modules` or in folders that begin with a point is left out. That nothing was found is an error, so that a pipeline does not go green because a folder has moved.",
  },
  'bad-flag': {
    severity: 'error',
    title: 'a flag of the command line that cannot be used so',
    text: 'The value of the flag is missing or of another form. `hotshard help COMMAND` shows the flags of a command.',
  },
  'not-written': {
    severity: 'error',
    title: 'a result that could not be written',
    text: 'The run is over and its report stands, but a file that was asked for is not whole: the disk is full, or the folder may not be written to.',
  },
  'unknown-name': {
    severity: 'error',
    title: 'a name of which nothing is known',
    text: '`hotshard explain` knows types, services, operations, metrics, exceptions, faults, quotas, assumptions, the facts that models cite, and the slugs in brackets behind `error`.',
  },
} as const satisfies Explanations
