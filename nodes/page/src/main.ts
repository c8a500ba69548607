import './style.css';
import { Page } from './page';

new Page().start();
