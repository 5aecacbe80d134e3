cases={
'basic':'1\n00:00:01,000 --> 00:00:02,000\n<font color="#ff0000">Red &amp; blue</font> a < b & c > d {\\an8}top\n\n2\n00:00:03.000 --> 00:00:04.500\nAT&T <3 you <b>bold</b> <u>u</u> <s>s</s> --> arrow\n',
'neg':'1\n-00:00:01,000 --> 00:00:02,000\nneg\n\n2\n00:00:05,000 --> 00:00:03,000\nbackwards\n\n3\n00:00:06,000 --> 00:00:09,000\nover1\n\n4\n00:00:07,000 --> 00:00:10,000\nover2\n',
'hours':'1\n100:00:01,000 --> 100:00:02,000\nlong\n\n2\n00:00:01 --> 00:00:02\nno ms\n\n3\n0:0:3,5 --> 0:0:4,25\nshort\n',
'noblank':'1\n00:00:01,000 --> 00:00:02,000\none\n2\n00:00:03,000 --> 00:00:04,000\ntwo\n3\n00:00:05,000 --> 00:00:06,000\n1984\nis a number\n',
'cr':'1\r00:00:01,000 --> 00:00:02,000\rone\r\r2\r00:00:03,000 --> 00:00:04,000\rtwo\r',
'bommid':'1\n00:00:01,000 --> 00:00:02,000\none\n\n\ufeff2\n\ufeff00:00:03,000 --> 00:00:04,000\ntwo\n',
'nonum':'00:00:01,000 --> 00:00:02,000\none\n\n00:00:03,000 --> 00:00:04,000 X1:0 X2:3 Y1:5 Y2:6\ntwo\n\n\nthree para\n',
'nest':'1\n00:00:01,000 --> 00:00:02,000\n<i>unclosed <b>both\nsecond line\n\n2\n00:00:03,000 --> 00:00:04,000\n<script>alert(1)</script> <v Bob>hi &lt;tag&gt; &nbsp; &#39;\n',
'dup':'1\n00:00:01,000 --> 00:00:02,000\n\n\n2\n00:00:03,000-->00:00:04,000\ntight\n\n3\n00:00:05:000 --> 00:00:06:000\ncolons\n',
}
import subprocess
for k,v in cases.items():
    open(k+'.srt','w',newline='').write(v)
    print('=====',k); print(subprocess.run(['ffmpeg','-hide_banner','-loglevel','error','-f','srt','-i','pipe:0','-f','webvtt','pipe:1'],input=v.encode(),capture_output=True).stdout.decode())
other={
'microdvd':('microdvd','{1}{1}25\n{25}{50}Hello|{y:i}World\n{75}{100}<b>x\n'),
'microdvd2':('microdvd','{25}{50}Hello no fps\n{100}{}open\n'),
'sami':('sami','<SAMI><HEAD><STYLE>P {}</STYLE></HEAD><BODY>\n<SYNC Start=1000><P Class=ENCC>Hello &amp; <i>world</i><br>two\n<SYNC Start=2000><P Class=ENCC>&nbsp;\n<SYNC Start=3000><P>x</BODY></SAMI>'),
'subviewer':('subviewer','[INFORMATION]\n[TITLE]x\n[END INFORMATION]\n[SUBTITLE]\n00:00:01.00,00:00:02.00\nHello[br]World\n\n00:00:03.00,00:00:04.00\nx\n'),
'sbv':('subviewer','0:00:01.000,0:00:02.000\nHello\nWorld\n\n0:00:03.000,0:00:04.000\nx\n'),
'mpl2':('mpl2','[10][20]/Hello|World\n[30][40]x\n'),
'tmplayer':('vplayer','00:00:01:Hello|World\n00:00:03:x\n'),
'subviewer1':('subviewer1','[TITLE]\nx\n[BEGIN]\n[00:00:01]\nHello|World\n\n[00:00:02]\n\n\n'),
}
for k,(f,v) in other.items():
    print('=====',k,f); r=subprocess.run(['ffmpeg','-hide_banner','-loglevel','error','-f',f,'-i','pipe:0','-f','webvtt','pipe:1'],input=v.encode(),capture_output=True);print(r.stdout.decode(), r.stderr.decode()[-300:])
