export { keyRange, valueRange, type Path } from '../../compose-file/positions.ts';
