import { describe, expect, it } from '@jest/globals';
import picocolors from 'picocolors';
import type { Connector, Disassociation } from '../../src/core/operations.ts';
import {
  renderConnectorsJson,
  renderConnectorsText,
  renderDisassociationJson,
  renderDisassociationText,
} from '../../src/report/account/connectors.ts';
import { job } from '../plan/plan-input.ts';
import { expectGolden, expectGoldenToFit } from './golden.ts';
import { CONNECTORS, EVIL } from './statuses.ts';

const colors = picocolors.createColors(false);
const [FIRST] = CONNECTORS as readonly [Connector];

const harmless: Disassociation = {
  target: 'production',
  connector: FIRST,
  lastOfVCenter: false,
  lastOfAll: false,
  stalled: [],
  stalledOthers: 0,
};

describe('connectors', () => {
  it('are a line each', () => {
    expectGolden('connectors.txt', renderConnectorsText(CONNECTORS, { colors }));
    expectGolden('connectors.json', renderConnectorsJson('production', CONNECTORS));
    expect(renderConnectorsText([], { colors })).toBe('0 connectors, 0 healthy.\n');
  });

  it.each([60, 80])('fit a terminal of %d columns', (columns) => {
    const text = renderConnectorsText(CONNECTORS, { colors, columns });
    expectGoldenToFit(`connectors-${columns}.txt`, columns, text);
  });

  it('let nothing from AWS reach the terminal as it is', () => {
    const evil = {
      ...FIRST,
      id: EVIL,
      vmManagerName: EVIL,
      ipAddress: EVIL,
      macAddress: EVIL,
      version: EVIL,
    };
    const worst = {
      ...harmless,
      target: EVIL,
      connector: evil,
      lastOfAll: true,
      stalled: [job(EVIL, { id: EVIL })],
    };
    expect(renderConnectorsText([evil], { colors })).not.toMatch(/[^\n\P{C}]/u);
    expect(renderDisassociationText(worst, { colors })).not.toMatch(/[^\n\P{C}]/u);
  });
});

describe('taking a connector away', () => {
  it('is one line where nothing comes of it', () => {
    expect(renderDisassociationText(harmless, { colors })).toBe(
      'Connector c-415fef98f4c66c487 of p-sdsc-vcenter1.\n',
    );
    const ill = { ...harmless, connector: { id: 'c-2', healthy: false } };
    expect(renderDisassociationText(ill, { colors })).toBe(
      'Connector c-2 of an unknown vCenter, which is not healthy.\n',
    );
  });

  it('names what stalls', () => {
    const grave = {
      ...harmless,
      lastOfVCenter: true,
      lastOfAll: true,
      stalled: [job('web'), job('app')],
      stalledOthers: 1,
    };
    expectGolden('disassociation.txt', renderDisassociationText(grave, { colors }));
    expectGolden('disassociation.json', renderDisassociationJson(grave));
  });
});
