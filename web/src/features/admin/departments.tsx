import { Anchor, Badge, Button, Checkbox, Group, Paper, Select, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { IconArrowMoveRight, IconBuildingCommunity, IconPencil, IconPlus, IconUserStar, IconX } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useRead, type Schema } from '@/api/hooks'
import { useMayChange } from '@/app/asof'
import { useMay } from '@/app/session'
import { Actions, type Action } from '@/ui/actions'
import { fieldOf } from '@/ui/field-of'
import { EmployeeField } from '@/ui/fields'
import { CommandDrawer, given } from '@/ui/form'
import { Colleague, RecordLink } from '@/ui/links'
import { useParams, useSetParams } from '@/ui/params'
import { Empty, Shown } from '@/ui/states'

import classes from './admin.module.css'
import { branches, mayLieIn, type Branch } from './departments-logic'

type Node = Schema<'DepartmentNode'>
type Step = 'rename' | 'move' | 'appoint' | 'close' | 'found'

/** The tree of departments. */
export function Departments() {
  const { t } = useTranslation('admin')
  const may = useMay()
  const mayChange = useMayChange()
  const params = useParams()
  const setParams = useSetParams()
  const [closed, setClosed] = useState(false)
  const [doing, setDoing] = useState<{ step: Step; node: Node }>()
  const found = useRead('/v1/departments')
  const all = found.data ?? []
  const founding = params.new === '1' || doing?.step === 'found'
  const stop = () => {
    setDoing(undefined)
    setParams({ new: undefined })
  }
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <Checkbox label={t('departments.showClosed')} checked={closed} onChange={(event) => setClosed(event.currentTarget.checked)} />
        {may('found-department') && (
          <Button leftSection={<IconPlus size={18} aria-hidden />} disabled={!mayChange} onClick={() => setParams({ new: '1' })}>
            {t('departments.found')}
          </Button>
        )}
      </Group>
      <Shown of={found}>
        {(nodes) =>
          nodes.length === 0 ? (
            <Empty icon={IconBuildingCommunity} title={t('departments.none')} hint={t('departments.noneHint')} />
          ) : (
            <Paper withBorder p="xs" radius="md">
              <Tree of={branches(nodes.filter((node) => closed || node.active))} onStep={(step, node) => setDoing({ step, node })} />
            </Paper>
          )
        }
      </Shown>
      {founding && <Found all={all} inside={doing?.node} onClose={stop} />}
      {doing?.step === 'rename' && <Rename node={doing.node} onClose={stop} />}
      {doing?.step === 'move' && <Move node={doing.node} all={all} onClose={stop} />}
      {doing?.step === 'appoint' && <Appoint node={doing.node} onClose={stop} />}
      {doing?.step === 'close' && <Close node={doing.node} onClose={stop} />}
    </Stack>
  )
}

function Tree({ of, onStep }: { of: Branch<Node>[]; onStep: (step: Step, node: Node) => void }) {
  return (
    <ul className={classes.tree}>
      {of.map(({ node, inside }) => (
        <li key={node.id}>
          <Row node={node} onStep={onStep} />
          {inside.length > 0 && <Tree of={inside} onStep={onStep} />}
        </li>
      ))}
    </ul>
  )
}

function Row({ node, onStep }: { node: Node; onStep: (step: Step, node: Node) => void }) {
  const { t } = useTranslation('admin')
  const { t: common } = useTranslation()
  const may = useMay()
  const shut = !node.active && t('departments.alreadyClosed')
  const actions: (Action & { operation: string })[] = [
    { operation: 'found-department', label: t('departments.foundInside'), icon: IconPlus, onClick: () => onStep('found', node), impossible: shut },
    { operation: 'appoint-department-head', label: t('departments.appoint'), icon: IconUserStar, onClick: () => onStep('appoint', node), impossible: shut },
    { operation: 'rename-department', label: t('departments.rename'), icon: IconPencil, onClick: () => onStep('rename', node), impossible: shut },
    { operation: 'move-department', label: t('departments.move'), icon: IconArrowMoveRight, onClick: () => onStep('move', node), impossible: shut },
    { operation: 'close-department', label: t('departments.close'), icon: IconX, danger: true, onClick: () => onStep('close', node), impossible: shut || (node.employees > 0 && t('departments.stillPeople')) },
  ]
  const offered = actions.filter((action) => may(action.operation))
  return (
    <div className={classes.department}>
      <span className={classes.departmentName}>{node.name}</span>
      {!node.active && <Badge color="gray">{t('departments.closed')}</Badge>}
      {node.head_id ? (
        <Colleague id={node.head_id} name={node.head_name} />
      ) : (
        <Text span inherit c="dimmed">
          {t('departments.noHead')}
        </Text>
      )}
      <Anchor component={Link} to="/employees" search={{ department: node.id } as never} inherit>
        {t('departments.people', { count: node.employees })}
      </Anchor>
      <RecordLink kind="department" id={node.id} c="dimmed" size="xs">
        {common('whoChanged')}
      </RecordLink>
      <span className={classes.departmentEnd}>{offered.length > 0 && <Actions of={offered} compact label={t('departments.actions', { name: node.name })} />}</span>
    </div>
  )
}

function DepartmentField(props: { all: Node[]; value: string; onChange: (id: string) => void; error?: React.ReactNode }) {
  const { t } = useTranslation('admin')
  const data = props.all.map((node) => ({ value: node.id, label: node.name }))
  return <Select label={t('departments.parent')} description={t('departments.parentHint')} data={data} value={props.value || null} onChange={(id) => props.onChange(id ?? '')} error={props.error} searchable clearable />
}

function Found({ all, inside, onClose }: { all: Node[]; inside: Node | undefined; onClose: () => void }) {
  const { t } = useTranslation('admin')
  return (
    <CommandDrawer
      name={`departments/found/${inside?.id ?? ''}`}
      title={t('departments.found')}
      opened
      onClose={onClose}
      path="/v1/departments"
      initial={{ name: '', parent_id: inside?.id ?? '', head_id: '' }}
      body={(values) => given(values)}
      submit={t('departments.found')}
      success={t('departments.founded')}
    >
      {(form) => (
        <>
          <TextInput label={t('departments.name')} required data-autofocus {...form.getInputProps('name')} />
          <DepartmentField all={all.filter((node) => node.active)} {...fieldOf(form, 'parent_id')} />
          <EmployeeField label={t('departments.head')} description={t('departments.headHint')} {...fieldOf(form, 'head_id')} />
        </>
      )}
    </CommandDrawer>
  )
}

function Rename({ node, onClose }: { node: Node; onClose: () => void }) {
  const { t } = useTranslation('admin')
  return (
    <CommandDrawer name={`departments/rename/${node.id}`} title={t('departments.rename')} opened onClose={onClose} path="/v1/departments/{id}/rename" id={node.id} initial={{ name: node.name }} body={(values) => values} submit={t('departments.rename')} success={t('departments.renamed')}>
      {(form) => <TextInput label={t('departments.name')} required data-autofocus {...form.getInputProps('name')} />}
    </CommandDrawer>
  )
}

function Move({ node, all, onClose }: { node: Node; all: Node[]; onClose: () => void }) {
  const { t } = useTranslation('admin')
  return (
    <CommandDrawer name={`departments/move/${node.id}`} title={`${t('departments.move')}: ${node.name}`} opened onClose={onClose} path="/v1/departments/{id}/move" id={node.id} initial={{ parent_id: node.parent_id ?? '' }} body={(values) => given(values)} submit={t('departments.move')} success={t('departments.moved')}>
      {(form) => <DepartmentField all={mayLieIn(all, node)} {...fieldOf(form, 'parent_id')} />}
    </CommandDrawer>
  )
}

function Appoint({ node, onClose }: { node: Node; onClose: () => void }) {
  const { t } = useTranslation('admin')
  return (
    <CommandDrawer name={`departments/appoint/${node.id}`} title={`${t('departments.appoint')}: ${node.name}`} opened onClose={onClose} path="/v1/departments/{id}/appoint-head" id={node.id} initial={{ head_id: node.head_id ?? '' }} body={(values) => given(values)} submit={t('departments.appoint')} success={t('departments.appointed')}>
      {(form) => <EmployeeField label={t('departments.head')} description={t('departments.headHint')} {...fieldOf(form, 'head_id')} />}
    </CommandDrawer>
  )
}

function Close({ node, onClose }: { node: Node; onClose: () => void }) {
  const { t } = useTranslation('admin')
  return (
    <CommandDrawer name={`departments/close/${node.id}`} title={`${t('departments.close')}: ${node.name}`} opened onClose={onClose} path="/v1/departments/{id}/close" id={node.id} initial={{ reason: '' }} body={(values) => given(values)} submit={t('departments.close')} success={t('departments.closedDone')} danger>
      {(form) => <Textarea label={t('departments.closeWhy')} data-autofocus {...form.getInputProps('reason')} />}
    </CommandDrawer>
  )
}
