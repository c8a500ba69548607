import '../style/inspector.css';
import { Inspector } from './inspector';

new Inspector().start();
