import { Drawer } from '@mantine/core'

import { FilterPanel, type FilterProps } from './filter-panel'

/** The filters where there is no room beside the list. Loaded when first opened. */
export default function FilterDrawer({ close, ...filters }: FilterProps & { close: () => void }) {
  return (
    <Drawer opened onClose={close} title="Filters" position="left" size="xs">
      <FilterPanel {...filters} />
    </Drawer>
  )
}
