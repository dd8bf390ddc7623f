// The person's own orders, as the server gives them, and as the pages show them.
import { texts } from '../texts'
import { Light, Node } from './frames'
import { LIGHTS, NodeView, day, nodeView } from './view'
import { fill } from './words'

export interface OrderLine {
  number: string
  title: string
  kind: string
  status: 'open' | 'closed' | 'withdrawn'
  station: string | null
  light: Light | null
  filed_at: string
}

export interface Order extends OrderLine {
  content: string
  place: string | null
  unit: string | null
  due_at: string | null
  answer: string | null
  outcome: string | null
  nodes: Node[]
  asks: boolean // it waits for the person's word: is it solved?
  rating: number | null
}

const STATUS = { open: texts.status_open, closed: texts.status_closed, withdrawn: texts.status_withdrawn }

export interface LineView { number: string; title: string; where: string; filed: string; light: Light | ''; lightText: string }

export function lineView(order: OrderLine): LineView {
  const open = order.status === 'open'
  return {
    number: order.number,
    title: order.title,
    where: open && order.station ? fill(texts.order_now, { station: order.station }) : STATUS[order.status],
    filed: day(order.filed_at),
    light: open ? (order.light ?? '') : '',
    lightText: open && order.light ? LIGHTS[order.light] : '',
  }
}

export interface OrderView extends LineView {
  rows: { label: string; value: string }[]
  answer: string
  outcome: string
  nodes: NodeView[]
  asks: boolean
  open: boolean
}

export function orderView(order: Order): OrderView {
  const rows = [
    { label: texts.order_matter, value: order.content || order.title },
    { label: texts.order_where, value: order.place ?? '' },
    { label: texts.order_filed_at, value: day(order.filed_at) },
    { label: texts.order_due, value: order.status === 'open' ? day(order.due_at) : '' },
    { label: texts.order_unit, value: order.unit ?? '' },
  ]
  return {
    ...lineView(order),
    rows: rows.filter((row) => row.value),
    answer: order.answer ?? '',
    outcome: order.outcome ?? '',
    nodes: order.nodes.map(nodeView),
    asks: order.asks,
    open: order.status === 'open',
  }
}
