import { Report } from './_report';
import { CSV } from './csv';
import { DOT } from './dot';
import { HTML } from './html';
import { JSON_ROWS } from './json';
import { MD } from './md';
import { SVG } from './svg';
import { TXT } from './txt';

/** Every format of `list`, by name. */
export const REPORTS: ReadonlyMap<string, Report> = new Map([TXT, JSON_ROWS, CSV, MD, DOT, SVG, HTML].map(report => [report.name, report]));
