import { Report } from './_report';
import { CSV } from './csv';
import { DOT } from './dot';
import { JSON_ROWS } from './json';
import { MD } from './md';
import { TXT } from './txt';

/** Every format of `list`, by name. */
export const REPORTS: ReadonlyMap<string, Report> = new Map([TXT, JSON_ROWS, CSV, MD, DOT].map(report => [report.name, report]));
