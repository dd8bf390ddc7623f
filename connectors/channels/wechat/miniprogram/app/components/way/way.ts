import { NodeView } from '../../lib/view'

// The ten stations of an order's way, as a parcel's.
Component({
  properties: {
    nodes: { type: Array, value: [] as NodeView[] },
  },
})
