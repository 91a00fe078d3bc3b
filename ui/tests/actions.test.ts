import { describe, expect, it } from 'vitest'

import { currentOf, labelOf } from '@/features/actions/words'
import { listActions, runAction } from '@/shared/api/requests'
import { actionCommand } from '@/shared/model/commands'

const web = { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name: 'web' }
const name = { namespace: 'argocd', name: 'shop' }
const scale = { name: 'scale', params: [{ name: 'replicas' }] }

describe('an action', () => {
  it('is called by its own words, else by its name', () => {
    expect(labelOf({ name: 'create-job' })).toBe('Create job')
    expect(labelOf({ name: 'create-job', displayName: 'Create Job' })).toBe('Create Job')
  })

  it('starts with the current value, else with what it takes by itself', () => {
    expect(currentOf(scale, { spec: { replicas: 3 } })).toEqual({ replicas: '3' })
    expect(currentOf(scale, { spec: {} })).toEqual({ replicas: '' })
    expect(currentOf({ name: 'pause', params: [{ name: 'replicas', default: '0' }] }, undefined)).toEqual({
      replicas: '0',
    })
    expect(currentOf({ name: 'restart' }, { spec: { replicas: 3 } })).toEqual({})
  })

  it('is asked for by the object that it is done to', () => {
    expect(listActions(name, web).path).toBe(
      '/api/v1/applications/shop/resource/actions' +
        '?namespace=shop&resourceName=web&version=v1&kind=Deployment&group=apps&appNamespace=argocd',
    )
  })

  it('is run with what was filled in', () => {
    expect(runAction(name, web, 'scale', { replicas: '4' })).toEqual({
      method: 'POST',
      path: '/api/v1/applications/shop/resource/actions/v2',
      body: {
        name: 'shop',
        appNamespace: 'argocd',
        group: 'apps',
        version: 'v1',
        kind: 'Deployment',
        namespace: 'shop',
        resourceName: 'web',
        action: 'scale',
        resourceActionParameters: [{ name: 'replicas', value: '4' }],
      },
    })
    expect(runAction(name, web, 'restart', {}).body).not.toHaveProperty('resourceActionParameters')
  })

  it('is the same from a terminal', () => {
    expect(actionCommand(name, web, 'scale', { replicas: '4' })).toBe(
      'argosy app actions run shop scale --kind Deployment --group apps --namespace shop --resource-name web ' +
        '--param replicas=4',
    )
  })
})
