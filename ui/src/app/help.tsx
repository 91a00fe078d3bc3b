import { Kbd, Modal } from '@mantine/core'

import classes from './help.module.css'

const keys: [string, string][] = [
  ['/', 'Search'],
  ['j  k', 'Next and previous row'],
  ['Enter', 'Open'],
  ['s', 'Sync'],
  ['r', 'Refresh'],
  ['d', 'Difference of the first object that is out of sync'],
  ['w', 'Why it is as it is'],
  ['?', 'This help'],
  ['Esc', 'Close'],
]

/** What the keys do. Loaded when somebody asks. */
export default function Help({ close }: { close: () => void }) {
  return (
    <Modal opened onClose={close} title="Keys">
      <dl className={classes['keys']}>
        {keys.map(([key, act]) => (
          <div key={key}>
            <dt>
              {key.split('  ').map((one) => (
                <Kbd key={one}>{one}</Kbd>
              ))}
            </dt>
            <dd>{act}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  )
}
